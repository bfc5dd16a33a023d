package io.tillstream.testing;

import java.time.Duration;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A test's HTTP client, which reads every answer to its end, whether the test looks at it or not. What is left in the
 * network's buffers is told as a leak some time later, in a log where it looks like the service's.
 */
public final class TestWebClient {

    private static final int LARGEST = 16 * 1024 * 1024; // bytes; far above any answer

    /** What a service may take on a busy machine, its first answer too; a test of a time limit sets its own. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private TestWebClient() {}

    /** A client for what is at {@code url}. */
    public static WebTestClient.Builder to(String url) {
        return WebTestClient.bindToServer()
                .baseUrl(url)
                .responseTimeout(PATIENCE)
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(LARGEST))
                .filter(TestWebClient::whole);
    }

    private static Mono<ClientResponse> whole(ClientRequest request, ExchangeFunction next) {
        return next.exchange(request).flatMap(answer -> isStream(answer) ? Mono.just(answer) : read(answer));
    }

    /** A stream has no end that a test could wait for. */
    private static boolean isStream(ClientResponse answer) {
        return answer.headers()
                .contentType()
                .filter(MediaType.TEXT_EVENT_STREAM::isCompatibleWith)
                .isPresent();
    }

    private static Mono<ClientResponse> read(ClientResponse answer) {
        return answer.bodyToMono(byte[].class).defaultIfEmpty(new byte[0]).map(bytes -> answer.mutate()
                .body(unread -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(bytes)))
                .build());
    }
}
