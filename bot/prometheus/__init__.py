"""The room that asks Prometheus and Alertmanager: clients, limits, and whose series are seen."""
