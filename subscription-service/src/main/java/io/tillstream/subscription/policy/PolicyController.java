package io.tillstream.subscription.policy;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import java.time.Clock;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Another dunning policy, for operators: what it would change, and its start. */
@Tag(name = "Operators")
@RestController
@RequestMapping("/api/admin/policy-previews")
class PolicyController {

    private static final UUID BEGINNING = new UUID(0, 0);

    private final PolicyFlow flow;
    private final PolicyChanges changes;
    private final PolicyLoop loop;
    private final Clock clock;

    PolicyController(PolicyFlow flow, PolicyChanges changes, PolicyLoop loop, Clock clock) {
        this.flow = flow;
        this.changes = changes;
        this.loop = loop;
        this.clock = clock;
    }

    @Operation(
            operationId = "previewPolicy",
            summary = "What another dunning policy would change (operators)",
            description =
                    "Compared with the one that is in force at that moment, over all subscriptions. Nothing changes by it.")
    @ApiResponse(responseCode = "202", description = "It is being computed")
    @PostMapping
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Idempotent(required = false, idIn = "policy_previews.id")
    Mono<PolicyJson.Preview> preview(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @Valid @RequestBody PolicyJson.Request request) {
        check(caller);
        return flow.begin(key.id(), request.checked(), request.at(), caller.userId())
                .doOnNext(begun -> loop.hint())
                .flatMap(this::shown);
    }

    @Operation(
            operationId = "getPolicyPreview",
            summary = "What a policy would change, in numbers and sums (operators)")
    @GetMapping("/{id}")
    Mono<PolicyJson.Preview> get(@Parameter(hidden = true) Caller caller, @PathVariable UUID id) {
        check(caller);
        return flow.find(id).flatMap(this::shown);
    }

    @Operation(
            operationId = "listPolicyPreviewChanges",
            summary = "Which subscriptions a policy would change, and when (operators)")
    @GetMapping("/{id}/changes")
    Mono<Page<PolicyJson.Change>> changes(
            @Parameter(hidden = true) Caller caller, @PathVariable UUID id, Paging paging) {
        check(caller);
        Cursor after = paging.after();
        UUID position = after == null ? BEGINNING : uuid(after.id());
        return flow.find(id).flatMap(preview -> changes.page(id, position, paging.rowsToRead())
                .collectList()
                .map(rows -> Page.of(
                                rows,
                                paging,
                                one -> new Cursor(one.at(), one.subscriptionId().toString()))
                        .map(PolicyJson.Change::of)));
    }

    @Operation(
            operationId = "adoptPolicyPreview",
            summary = "Has a policy count from a moment on (operators)",
            description = "Until another one does. What it changes of a subscription is told in its timeline.")
    @ApiResponse(responseCode = "202", description = "It begins then")
    @ApiResponse(responseCode = "409", description = "`preview-not-computed`, `policy-already-adopted`")
    @PostMapping("/{id}/adoption")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Idempotent(required = false)
    Mono<PolicyJson.Preview> adopt(
            @Parameter(hidden = true) Caller caller,
            @PathVariable UUID id,
            @Valid @RequestBody PolicyJson.Adoption request) {
        check(caller);
        return flow.adopt(id, request.startsAt(), caller.userId())
                .doOnNext(adopted -> loop.hint())
                .flatMap(this::shown);
    }

    private Mono<PolicyJson.Preview> shown(PolicyPreview preview) {
        return changes.groups(preview.id())
                .collectList()
                .map(groups -> PolicyJson.Preview.of(preview, groups, clock.instant()));
    }

    private static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw Problem.malformed("cursor", "is not one that was given out");
        }
    }

    private static void check(Caller caller) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
    }
}
