package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.SimulatedStripe;
import io.tillstream.testing.IdempotencyKeyReuseCheck;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.idempotency.IdempotencyCleanUp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;

/** A key of a start, a change or a cancel stands for that one request for as long as what came of it. */
class KeyedEndpointsIT extends SimulatedStripe {

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping handlers;

    @Autowired
    private IdempotencyCleanUp cleanUp;

    private List<String> idempotentPaths() {
        return handlers.getHandlerMethods().entrySet().stream()
                .filter(one -> one.getValue().hasMethodAnnotation(Idempotent.class))
                .flatMap(one -> one.getKey().getPatternsCondition().getPatterns().stream())
                .map(PathPattern::getPatternString)
                .toList();
    }

    private List<String> paths() {
        return handlers.getHandlerMethods().entrySet().stream()
                .filter(one ->
                        List.of(one.getValue().getMethod().getParameterTypes()).contains(IdempotencyKey.class))
                .flatMap(one -> one.getKey().getPatternsCondition().getPatterns().stream())
                .map(PathPattern::getPatternString)
                .toList();
    }

    @Test
    void noEndpointForgetsWhatAKeyStoodFor() {
        List<String> paths = paths();
        assertThat(paths)
                .contains("/api/subscriptions", "/api/subscriptions/{id}/change", "/api/subscriptions/{id}/cancel");
        assertThat(new IdempotencyKeyReuseCheck("http://127.0.0.1:" + port, "operator", DATABASE)
                        .thatForgetTheirRequest(paths))
                .isEmpty();
    }

    /** Stripe's own ids are told apart by their capitals. */
    @Test
    void noEndpointTakesAnIdOfOursInCapitalsForAnotherOne() {
        assertThat(new IdempotencyKeyReuseCheck("http://127.0.0.1:" + port, "operator", DATABASE)
                        .thatTellSpellingsApart(idempotentPaths()))
                .containsExactlyInAnyOrder("/api/invoices/{id}/pay", "/api/admin/invoices/{id}/refunds");
    }

    @Test
    void noEndpointKeepsAKeyForEverThatNothingCameOf() {
        assertThat(new IdempotencyKeyReuseCheck("http://127.0.0.1:" + port, "operator", DATABASE)
                        .thatKeepEachKey(paths(), () -> cleanUp.round().block()))
                .isEmpty();
    }
}
