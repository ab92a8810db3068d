"""What every test may use: the real cluster, where a test asks for it by name."""

pytest_plugins = ["tests.cluster.fixtures"]
