"""Who may ask for what, from where: the policy file, and decisions that give their reason."""
