"""Files that an installed Chrome, Chromium or Edge makes of a report: a picture and a PDF."""
