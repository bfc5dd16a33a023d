package io.tillstream.web.idempotency;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Holds back what the handler writes until it is kept: the client must not see an answer that a repeat could lack. */
final class CapturedResponse extends ServerHttpResponseDecorator {

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    CapturedResponse(ServerHttpResponse response) {
        super(response);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> parts) {
        return Flux.from(parts).doOnNext(this::append).then();
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> parts) {
        return writeWith(Flux.from(parts).concatMap(part -> part));
    }

    @Override
    public Mono<Void> setComplete() {
        return Mono.empty();
    }

    private void append(DataBuffer part) {
        byte[] bytes = new byte[part.readableByteCount()];
        part.read(bytes);
        DataBufferUtils.release(part);
        body.writeBytes(bytes);
    }

    StoredResponse kept() {
        HttpStatusCode status = getStatusCode();
        MediaType type = getHeaders().getContentType();
        @Nullable String location = getHeaders().getFirst("Location");
        return new StoredResponse(
                status == null ? 200 : status.value(),
                type == null ? null : type.toString(),
                location,
                body.toString(StandardCharsets.UTF_8));
    }
}
