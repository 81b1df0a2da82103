FROM python:3.11-slim

RUN useradd --system --create-home --home-dir /var/lib/usance usance
WORKDIR /opt/usance
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

USER usance
ENV USANCE_HOME=/var/lib/usance PYTHONUNBUFFERED=1
VOLUME /var/lib/usance
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "usance.wsgi:application"]
