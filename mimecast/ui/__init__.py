"""Everything that touches Streamlit, besides `app.py` and the pages."""
