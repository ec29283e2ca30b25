from shop.settings import *  # noqa: F403

ROOT_URLCONF = "held"
