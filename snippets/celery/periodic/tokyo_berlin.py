from shop.settings import *  # noqa: F403

TIME_ZONE = "Asia/Tokyo"
CELERY_TIMEZONE = "Europe/Berlin"
