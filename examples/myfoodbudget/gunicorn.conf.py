"""One process with threads, as SQLite has one writer. SIGTERM lets requests in flight finish."""

bind = "0.0.0.0:8000"
workers = 1
threads = 8
graceful_timeout = 8
worker_tmp_dir = "/dev/shm"
control_socket_disable = True
