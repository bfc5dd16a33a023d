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
import io.tillstream.web.Problem;
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

/** What operators do to the subscription of any user. */
@Tag(name = "Operators")
@RestController
@RequestMapping("/api/admin/subscriptions/{id}")
class AdminPauseController {

    private final PauseFlow pause;
    private final ResumeFlow resume;

    AdminPauseController(PauseFlow pause, ResumeFlow resume) {
        this.pause = pause;
        this.resume = resume;
    }

    @Operation(
            operationId = "pauseAnySubscription",
            summary = "Pause collection (operators)",
            description = "Nothing is taken until then, or until it is resumed. What is paid can be used to its end,"
                    + " and beyond that what the dunning policy leaves (`collection_paused`).")
    @ApiResponse(responseCode = "200", description = "Paused")
    @ApiResponse(responseCode = "202", description = "Stripe has not answered yet; the subscription as it is known")
    @ApiResponse(
            responseCode = "409",
            description = "`subscription-not-active`, `subscription-ended`, `subscription-starting`")
    @PostMapping("/pause")
    @Idempotent(idIn = "pause_requests.request_id")
    Mono<ResponseEntity<SubscriptionJson>> pause(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @PathVariable UUID id,
            @Valid @RequestBody CancellationRequests.OperatorPause request) {
        return pause.byOperator(wish(caller, id, key), request.what(), CancellationRequests.second(request.until()))
                .map(AdminPauseController::answer);
    }

    @Operation(
            operationId = "resumeAnySubscription",
            summary = "Collect again, and undo a cancel at the period's end (operators)",
            description = "Whoever paused it.")
    @ApiResponse(responseCode = "200", description = "It goes on")
    @ApiResponse(responseCode = "202", description = "Stripe has not answered yet; the subscription as it is known")
    @ApiResponse(responseCode = "409", description = "`subscription-ended`, `subscription-starting`")
    @PostMapping("/resume")
    @Idempotent(idIn = Idempotent.CALLS_TO_STRIPE)
    Mono<ResponseEntity<SubscriptionJson>> resume(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @PathVariable UUID id) {
        return resume.resume(wish(caller, id, key)).map(AdminPauseController::answer);
    }

    private static SubscriptionActionTemplate.ActionCommand wish(Caller caller, UUID id, IdempotencyKey key) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
        return SubscriptionActionTemplate.ActionCommand.ofOperator(id, key.id());
    }

    private static ResponseEntity<SubscriptionJson> answer(SubscriptionUpdateResult done) {
        return ResponseEntity.status(done.settled() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .body(SubscriptionJson.forOperators(done.subscription()));
    }
}
