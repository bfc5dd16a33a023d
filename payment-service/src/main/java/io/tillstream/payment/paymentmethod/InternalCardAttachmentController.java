package io.tillstream.payment.paymentmethod;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** For other services: a card is saved for a user, on the same road as the user's own. */
@Tag(name = "Internal")
@RestController
class InternalCardAttachmentController {

    private final PaymentMethodFlow flow;

    InternalCardAttachmentController(PaymentMethodFlow flow) {
        this.flow = flow;
    }

    @Schema(name = "NewCard")
    record NewCard(
            @NotNull UUID request,

            @NotNull @Pattern(regexp = "pm_\\w{1,200}") @Schema(example = "pm_card_visa")
            String paymentMethodId) {}

    @Schema(name = "SavedCardId")
    record Saved(@Schema(example = "pm_1SbCdEfGhIjKlMnO") String paymentMethodId) {}

    @Operation(
            summary = "Save a card for a user",
            description = "The same card is kept once: then the id of the one that is there is answered.")
    @PostMapping("/internal/customers/{userId}/payment-methods")
    Mono<Saved> save(@PathVariable @Size(max = 255) String userId, @Valid @RequestBody NewCard card) {
        return flow.save(userId, new PaymentMethodFlow.AddCommand(card.request(), card.paymentMethodId(), null, false))
                .map(saved -> new Saved(saved.card().id()))
                .onErrorMap(Problem.class, no -> no.status() == 404 ? Problem.missing(card.paymentMethodId()) : no);
    }
}
