package io.tillstream.payment.settlement;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** For other services: whose an object at Stripe is that carries our metadata, which is anybody's to write. */
@Component
public class MetadataClaimVerifier {

    private final EventOwnership placing;

    MetadataClaimVerifier(EventOwnership placing) {
        this.placing = placing;
    }

    /**
     * Whether we made or linked it for the payable; by what is known here, without a question to Stripe.
     *
     * @param objectId of an intent or a session
     * @param attempt our id of the attempt, as the object's metadata says
     * @param customer the object's, at Stripe
     */
    public Mono<Boolean> areOurs(
            String reference, String objectId, @Nullable String attempt, @Nullable String customer) {
        return placing.owns(reference, objectId, attempt, customer);
    }
}
