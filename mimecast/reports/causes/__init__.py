"""Causes in files: sheets of the workbook, and exports of campaigns."""
