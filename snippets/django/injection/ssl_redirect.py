from csrf_settings import *  # noqa: F403

# --8<-- [start:redirect]
SECURE_SSL_REDIRECT = True
# --8<-- [end:redirect]
