package io.tillstream.subscription.quote;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.web.Caller;
import io.tillstream.web.Idempotent;
import jakarta.validation.Valid;
import java.util.UUID;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What a change would cost. */
@Tag(name = "Subscriptions")
@RestController
class QuoteController {

    private final QuoteFlow flow;

    QuoteController(QuoteFlow flow) {
        this.flow = flow;
    }

    @Operation(
            operationId = "quoteSubscriptionChange",
            summary = "What a change of plan or quantity will cost",
            description = "Changes nothing. The `quote` in the answer is good for ten minutes and one change: it is"
                    + " billed exactly as quoted, or refused.")
    @ApiResponse(responseCode = "200", description = "The quote")
    @ApiResponse(
            responseCode = "409",
            description = "The subscription cannot be changed now: `subscription-not-active`, `subscription-ended`,"
                    + " `collection-paused`, `period-not-paid`, `change-scheduled`, `subscription-already-live`")
    @ApiResponse(
            responseCode = "422",
            description = "Not such a plan or quantity, `nothing-to-change`, or `amount-not-payable`")
    @PostMapping("/api/subscriptions/{id}/quote")
    @Idempotent(required = false)
    Mono<QuoteJson.View> quote(
            @Parameter(hidden = true) Caller caller,
            @PathVariable UUID id,
            @Valid @RequestBody QuoteJson.QuoteRequest wish) {
        return flow.quote(caller.userId(), id, wish.planId(), wish.quantity()).map(QuoteJson.View::of);
    }
}
