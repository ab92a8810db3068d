"""What the commands have in common that change objects by patches; each verb is in `commands`."""
