from held_settings import *  # noqa: F403

# --8<-- [start:kept]
DATABASES["default"]["CONN_MAX_AGE"] = 600  # noqa: F405
# --8<-- [end:kept]
