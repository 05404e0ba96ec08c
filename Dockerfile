# Bot and daemon in one image: the command says which (docker-compose.yml). Redis has an image of its own.
FROM node:24-slim

RUN apt-get update \
  && apt-get install --yes --no-install-recommends bubblewrap ca-certificates git \
  && rm -rf /var/lib/apt/lists/*

# Coding engines to have in the image: --build-arg ENGINES="@openai/codex @anthropic-ai/claude-code"
ARG ENGINES=""
RUN if [ -n "$ENGINES" ]; then npm install --global --no-audit --no-fund $ENGINES; fi

WORKDIR /opt/chargehand
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY src ./src

ENV CHARGEHAND_HOME=/var/lib/chargehand CHARGEHAND_CONFIG=/etc/chargehand/chargehand.yaml
RUN mkdir -p /var/lib/chargehand /etc/chargehand && chown node:node /var/lib/chargehand
USER node
VOLUME /var/lib/chargehand

ENTRYPOINT ["node", "/opt/chargehand/src/cli.ts"]
CMD ["up"]
