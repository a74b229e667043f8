/** Of the sample application: the binary `app` beside it, and nothing else. */
export const DOCKERFILE = `FROM scratch
ARG VERSION
COPY app /app
ENV APP_VERSION=$VERSION APP_BEHAVIOUR=ok
USER 10001
CMD ["/app"]
`;
