package io.tillstream.subscription.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.web.Caller;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What a user may use. */
@Tag(name = "Entitlements")
@RestController
class EntitlementController {

    private final EntitlementRepository entitlements;
    private final AccessSweep sweep;

    EntitlementController(EntitlementRepository entitlements, AccessSweep sweep) {
        this.entitlements = entitlements;
        this.sweep = sweep;
    }

    /** One feature. */
    @Schema(name = "Entitlement")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            String feature,

            @Schema(
                    allowableValues = {"full", "limited"},
                    description = "limited while payment is owed, by the dunning policy")
            String grade,

            Instant since,

            @Schema(description = "The end of what is paid or given so far; a renewal moves it on") @Nullable
            Instant until,

            @Schema(description = "What gives it; absent where Stripe itself does") @Nullable
            String subscriptionId) {

        static Shown of(Entitlement entitlement) {
            return new Shown(
                    entitlement.feature(),
                    entitlement.grade().text(),
                    entitlement.since(),
                    entitlement.until(),
                    entitlement.subscriptionId());
        }
    }

    @Schema(name = "Entitlements")
    record All(
            List<Shown> data,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String nextCursor) {}

    @Operation(
            operationId = "listEntitlements",
            summary = "What you may use now",
            description = "All of it, on one page.")
    @GetMapping("/api/entitlements")
    Mono<All> list(@Parameter(hidden = true) Caller caller) {
        return sweep.of(caller.userId())
                .thenMany(entitlements.of(caller.userId()))
                .map(Shown::of)
                .collectList()
                .map(shown -> new All(shown, null));
    }
}
