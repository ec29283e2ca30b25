from ssl_redirect import *  # noqa: F403

# --8<-- [start:header]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# --8<-- [end:header]
