"""Dashboards as code, the alert rules, and how both are provisioned. `python -m grafana.build` writes `dashboards/` anew."""
