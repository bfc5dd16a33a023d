package io.tillstream.subscription.cancellation;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.subscription.stripe.SubscriptionUpdateResult;
import io.tillstream.subscription.subscription.SubscriptionJson;
import io.tillstream.web.Caller;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import jakarta.validation.Valid;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Cancel, pause, and the way back. */
@Tag(name = "Subscriptions")
@RestController
@RequestMapping("/api/subscriptions/{id}")
class CancellationController {

    private final CancelFlow cancel;
    private final PauseFlow pause;
    private final ResumeFlow resume;

    CancellationController(CancelFlow cancel, PauseFlow pause, ResumeFlow resume) {
        this.cancel = cancel;
        this.pause = pause;
        this.resume = resume;
    }

    @Operation(
            operationId = "cancelSubscription",
            summary = "Cancel",
            description = "`now`: it is over, and nothing is given back. `period_end`: what is paid can be used, and"
                    + " until then it can be undone with `/resume`. A change that was scheduled is dropped. One that waits"
                    + " for its payment page has no period yet: the page is closed, and it is over.")
    @ApiResponse(responseCode = "200", description = "Canceled, or going to be")
    @ApiResponse(responseCode = "202", description = "Stripe has not answered yet; the subscription as it is known")
    @ApiResponse(
            responseCode = "409",
            description =
                    "`subscription-ended`, `subscription-starting`, `subscription-begun`, `change-paid`, `invoice-processing`:"
                            + " money for a change or a renewal is on its way, so end it with the period, or once that has come")
    @PostMapping("/cancel")
    @Idempotent(idIn = Idempotent.CALLS_TO_STRIPE)
    Mono<ResponseEntity<SubscriptionJson>> cancel(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @PathVariable UUID id,
            @Valid @RequestBody CancellationRequests.Cancel wish) {
        return cancel.cancel(wish(caller, id, key), wish.now(), wish.why()).map(CancellationController::answer);
    }

    @Operation(
            operationId = "resumeSubscription",
            summary = "Undo a cancel at the period's end, and collect again after a pause of your own",
            description = "Where there is nothing to undo, nothing happens. What the shop paused it goes on with.")
    @ApiResponse(responseCode = "200", description = "It goes on")
    @ApiResponse(responseCode = "202", description = "Stripe has not answered yet; the subscription as it is known")
    @ApiResponse(
            responseCode = "409",
            description = "`subscription-ended`, `subscription-starting`, `paused-by-operator`")
    @PostMapping("/resume")
    @Idempotent(idIn = Idempotent.CALLS_TO_STRIPE)
    Mono<ResponseEntity<SubscriptionJson>> resume(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @PathVariable UUID id) {
        return resume.resume(wish(caller, id, key)).map(CancellationController::answer);
    }

    @Operation(
            operationId = "pauseSubscription",
            summary = "Pause collection",
            description = "Only where the shop offers it, and as long and as often as it does. What is paid can be used"
                    + " meanwhile, and nothing beyond.")
    @ApiResponse(responseCode = "200", description = "Paused")
    @ApiResponse(responseCode = "202", description = "Stripe has not answered yet; the subscription as it is known")
    @ApiResponse(responseCode = "403", description = "`pause-not-offered`")
    @ApiResponse(
            responseCode = "409",
            description = "`subscription-not-active`, `subscription-ended`, `subscription-starting`,"
                    + " `collection-paused`, `pauses-used-up`")
    @PostMapping("/pause")
    @Idempotent(idIn = "pause_requests.request_id")
    Mono<ResponseEntity<SubscriptionJson>> pause(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @PathVariable UUID id,
            @Valid @RequestBody CancellationRequests.Pause wish) {
        return pause.byUser(wish(caller, id, key), CancellationRequests.second(wish.until()))
                .map(CancellationController::answer);
    }

    private static SubscriptionActionTemplate.ActionCommand wish(Caller caller, UUID id, IdempotencyKey key) {
        return new SubscriptionActionTemplate.ActionCommand(caller.userId(), id, key.id());
    }

    private static ResponseEntity<SubscriptionJson> answer(SubscriptionUpdateResult done) {
        return ResponseEntity.status(done.settled() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .body(SubscriptionJson.of(done.subscription()));
    }
}
