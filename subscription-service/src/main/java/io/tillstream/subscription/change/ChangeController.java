package io.tillstream.subscription.change;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.subscription.subscription.SubscriptionJson;
import io.tillstream.web.Caller;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import jakarta.validation.Valid;
import java.util.Objects;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Another plan, another quantity. */
@Tag(name = "Subscriptions")
@RestController
@RequestMapping("/api/subscriptions/{id}/change")
class ChangeController {

    private final ChangeFlow flow;
    private final PeriodEndChange later;
    private final ChangeRevocation revocation;

    ChangeController(ChangeFlow flow, PeriodEndChange later, ChangeRevocation revocation) {
        this.flow = flow;
        this.later = later;
        this.revocation = revocation;
    }

    @Operation(
            operationId = "changeSubscription",
            summary = "Change plan or quantity",
            description =
                    "With a `quote` it is billed exactly as quoted, or refused; a quote is good once. Without one:"
                            + " `now`, the difference is billed at the price of the moment; `period_end`, nothing is billed"
                            + " before the next period, and until then it can be revoked. A change whose payment fails or needs"
                            + " the browser leaves the old plan in force: `pendingChange` says how to pay.")
    @ApiResponse(responseCode = "200", description = "Changed, scheduled, or waiting for its payment")
    @ApiResponse(responseCode = "202", description = "Stripe has not answered yet; the subscription as it is known")
    @ApiResponse(
            responseCode = "402",
            description = "The card was declined (`card-declined`): `subscription` has the old plan, and with"
                    + " `pendingChange` the ways to pay the new one; `failure` tells why.")
    @ApiResponse(
            responseCode = "409",
            description =
                    "`quote-expired`, `quote-outdated`, `quote-used`, `change-in-progress`, `change-paid`, `change-scheduled`,"
                            + " `cancel-scheduled`, `collection-paused`, `period-not-paid`, `trial-not-offered`, `subscription-already-live`,"
                            + " `subscription-not-active`,"
                            + " `subscription-ended`, `change-refused`")
    @ApiResponse(
            responseCode = "422",
            description = "`quote-invalid`, `nothing-to-change`, `amount-not-payable`, or no such plan or quantity")
    @ApiResponse(
            responseCode = "429",
            description =
                    "`too-many-payment-tries` after 15 changes and payments of the subscription in a day whose card was"
                            + " declined; `too-many-requests`")
    @PostMapping
    @Idempotent(idIn = "subscription_changes.request_id")
    Mono<ResponseEntity<SubscriptionJson>> change(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @PathVariable UUID id,
            @Valid @RequestBody ChangeJson.ChangeRequest wish) {
        Mono<SubscriptionChangeResult> changed = wish.isQuote()
                ? flow.byQuote(caller.userId(), id, key.id(), Objects.requireNonNull(wish.quote()))
                : wish.isNow()
                        ? flow.now(caller.userId(), id, key.id(), wish.planId(), wish.quantity())
                        : later.schedule(caller.userId(), id, key.id(), wish.planId(), wish.quantity());
        return changed.map(done -> ResponseEntity.status(done.settled() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .body(ChangeJson.orDeclined(done)));
    }

    @Operation(
            operationId = "revokeSubscriptionChange",
            summary = "Take a change back that is not in force yet",
            description = "One that was scheduled for the end of the period, or one whose payment is missing.")
    @ApiResponse(responseCode = "200", description = "Taken back; the subscription goes on as it is")
    @ApiResponse(
            responseCode = "202",
            description =
                    "Stripe has not answered yet, or had not answered the change: it is not asked for any more, and what"
                            + " came of it is known within minutes; the subscription as it is known")
    @ApiResponse(
            responseCode = "409",
            description = "`nothing-to-revoke`, `change-paid`, `change-in-progress`, `subscription-ended`")
    @PostMapping("/revoke")
    @Idempotent(idIn = Idempotent.CALLS_TO_STRIPE)
    Mono<ResponseEntity<SubscriptionJson>> revoke(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @PathVariable UUID id) {
        return revocation.revoke(caller.userId(), id, key.id()).map(done -> ResponseEntity.status(
                        done.settled() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .body(SubscriptionJson.of(done.subscription())));
    }
}
