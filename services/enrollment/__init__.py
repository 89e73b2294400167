"""From an application to an admitted student."""
