package io.tillstream.payment.customer;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.payment.sessionkey.CheckoutSessionKeys;
import io.tillstream.payment.sessionkey.CheckoutSessionKeys.Mode;
import io.tillstream.web.limits.CardNumbers;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** For other services: the customer at Stripe of a user, made if there was none. */
@Tag(name = "Internal")
@RestController
class InternalCustomerController {

    private final CustomerFlow flow;
    private final CheckoutSessionKeys sessionKeys;

    InternalCustomerController(CustomerFlow flow, CheckoutSessionKeys sessionKeys) {
        this.flow = flow;
        this.sessionKeys = sessionKeys;
    }

    @Schema(name = "KnownCustomer")
    record Known(
            @Schema(example = "alice@example.com") @Nullable @Email @Size(max = 512)
            String email,

            @Schema(example = "Alice Liddell") @Nullable @Size(max = 256)
            String name,

            @Schema(
                    description = "A customer that Stripe did not know: looked for, and replaced if it is gone.",
                    example = "cus_Tn4fVbJ2kL")
            @Nullable
            @Size(max = 255)
            String gone) {

        /** What a provider of identities says may read as a card number: its user is not kept out, and no number is kept. */
        CustomerDetails details() {
            String address = email == null || CardNumbers.in(email) ? null : email;
            return new CustomerDetails(address, name == null ? null : CardNumbers.masked(name), null);
        }

        @Override
        public String toString() {
            return "Known[...]";
        }
    }

    @Schema(name = "StripeCustomer")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Named(
            @Schema(example = "alice") String userId,
            @Schema(example = "cus_Tn4fVbJ2kL") @Nullable String stripeCustomerId,

            @Schema(example = "pm_1SbCdEfGhIjKlMnO") @Nullable
            String defaultPaymentMethodId) {}

    @Schema(name = "CustomerOwnership")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Ownership(
            @Schema(example = "alice") String userId,
            @Schema(example = "cus_Tn4fVbJ2kL") String stripeCustomerId,

            @Schema(
                    description =
                            "Whether it was made for the user, now or before. Absent while Stripe has not answered"
                                    + " which customer it made: then it may be.")
            @Nullable
            Boolean owns) {}

    @Operation(
            summary = "Whether a customer at Stripe is the user's",
            description = "What its metadata says of a customer is anybody's to write.")
    @GetMapping("/internal/customers/{userId}")
    Mono<Ownership> owns(
            @PathVariable @Size(max = 255) String userId, @RequestParam @Size(max = 255) String stripeCustomerId) {
        return flow.owns(userId, stripeCustomerId)
                .map(owns -> new Ownership(userId, stripeCustomerId, owns.orElse(null)));
    }

    @Operation(
            summary = "The user's customer at Stripe",
            description =
                    "Made at the first need; what is left out stays. With a key where a page to subscribe on is to be opened under it:"
                            + " 422 `idempotency-key-reused` if it stands for a page of another kind.")
    @PutMapping("/internal/customers/{userId}")
    Mono<Named> put(
            @PathVariable @Size(max = 255) String userId,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable UUID pageKey,
            @Valid @RequestBody Known known) {
        Mono<Void> taken = pageKey == null ? Mono.empty() : sessionKeys.take(pageKey, Mode.SUBSCRIPTION);
        return taken.then(Mono.defer(() -> known(userId, known)));
    }

    private Mono<Named> known(String userId, Known known) {
        return flow.know(userId, known.details(), known.gone())
                .map(customer -> new Named(customer.userId(), customer.stripeId(), customer.defaultCard()));
    }
}
