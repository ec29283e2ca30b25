from held_settings import *  # noqa: F403

# --8<-- [start:pooled]
DATABASES["default"]["OPTIONS"] = {  # noqa: F405
    "pool": {"min_size": 1, "max_size": 2, "timeout": 3}  # seconds
}
# --8<-- [end:pooled]
