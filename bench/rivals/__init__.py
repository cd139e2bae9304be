"""Other programs asked the same questions as keyaki: ``python bench/rivals``."""
