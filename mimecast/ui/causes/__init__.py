"""What explains a turn of the trend or makes it unusable: banners, lists and forms on pages."""
