"""Recipes that make the data the package ships: the line cleaner's weights and the built-in translation pack."""
