FROM python:3.11-slim

# A fixed number: the files of the volume belong to it, whatever the next base image brings.
RUN useradd --system --uid 10001 --user-group --create-home --home-dir /var/lib/usance usance
WORKDIR /opt/usance
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
# Compiled here: the user below may not write beside the sources, so each start would do it again.
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && python -m compileall -q src

USER usance
ENV USANCE_HOME=/var/lib/usance PYTHONUNBUFFERED=1
VOLUME /var/lib/usance
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--workers-kill-timeout", "5", "usance.wsgi:application"]
