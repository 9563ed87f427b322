"""Other languages: catalogues of the English text, and the editions that are made from them."""
