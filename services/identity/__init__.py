"""Identity (系统管理): accounts, sessions, roles and teaching points."""
