"""OpenRosa 1.0, as ODK Collect and KoboCollect speak it: forms out, reports in."""
