package io.tillstream.web.idempotency;

import io.tillstream.web.Idempotent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/** What a repeat is answered with: status, content type, location and body. */
record StoredResponse(
        int status, @Nullable String contentType, @Nullable String location, String body) {

    private static final int ACCEPTED = 202;
    private static final int NOT_ACCEPTABLE = 406;

    /** Only what was done, or what Stripe said no to; after any other answer the next try runs anew. */
    boolean isFinal(Idempotent rule) {
        if (!rule.keepsAnswer()) {
            return false;
        }
        return status == ACCEPTED ? rule.keepsAccepted() : (status >= 200 && status < 400) || status == 402;
    }

    /** Says for certain that this run did nothing, unlike an error, or an answer that could not be written as it was asked for. */
    boolean isRefusal() {
        return status >= 400 && status < 500 && status != 402 && status != NOT_ACCEPTABLE;
    }

    Mono<Void> writeTo(ServerHttpResponse response) {
        response.setStatusCode(HttpStatusCode.valueOf(status));
        HttpHeaders headers = response.getHeaders();
        if (contentType != null) {
            headers.setContentType(MediaType.parseMediaType(contentType));
        }
        if (location != null) {
            headers.setLocation(URI.create(location));
        }
        headers.remove(HttpHeaders.TRANSFER_ENCODING);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        headers.setContentLength(bytes.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes)));
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length() + 128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(status);
            out.writeUTF(contentType == null ? "" : contentType);
            out.writeUTF(location == null ? "" : location);
            byte[] text = body.getBytes(StandardCharsets.UTF_8);
            out.writeInt(text.length);
            out.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static StoredResponse read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int status = in.readShort();
            String contentType = in.readUTF();
            String location = in.readUTF();
            byte[] text = new byte[in.readInt()];
            in.readFully(text);
            return new StoredResponse(
                    status,
                    contentType.isEmpty() ? null : contentType,
                    location.isEmpty() ? null : location,
                    new String(text, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
