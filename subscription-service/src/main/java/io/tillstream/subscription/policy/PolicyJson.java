package io.tillstream.subscription.policy;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.events.Money;
import io.tillstream.subscription.access.DunningPolicyReader;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.web.Problem;
import io.tillstream.web.docs.AllowableValues;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What is asked of policies, and told of them. */
final class PolicyJson {

    private static final JsonMapper JSON = new JsonMapper();

    private PolicyJson() {}

    /** One step of a state of payment. */
    @Schema(name = "PolicyStep")
    record Step(
            @Schema(example = "3d") @NotNull @Size(max = 20) String after,

            @Schema(example = "limited", description = "full, limited or blocked") @NotNull @Size(max = 20)
            String grade) {}

    /** A policy to be compared with the present one. */
    @Schema(name = "PolicyPreviewRequest")
    record Request(
            @Schema(description = "Steps by state of payment, as in the policy's file") @NotNull @Size(max = 20)
            Map<String, @NotNull @Size(max = 20) List<@NotNull @Valid Step>> policy,

            @Schema(description = "The moment at which the two are compared; without it, now") @Nullable
            Instant at) {

        /**
         * The policy as it is kept.
         *
         * @throws Problem 422 that names each field that is not clear
         */
        String checked() {
            Map<String, List<Map<String, String>>> states = new LinkedHashMap<>();
            policy.forEach((state, steps) -> states.put(
                    state,
                    steps.stream()
                            .map(step -> Map.of("after", step.after(), "grade", step.grade()))
                            .toList()));
            DunningPolicyReader.Result result = DunningPolicyReader.read(states);
            if (result.policy().isEmpty()) {
                throw Problem.invalid(result.faults().stream()
                        .map(fault -> new Problem.Field("policy." + fault.field(), fault.message()))
                        .toList());
            }
            return JSON.writeValueAsString(states);
        }
    }

    @Schema(name = "PolicyAdoptionRequest")
    record Adoption(
            @Schema(description = "Without it, as soon as all instances know it") @Nullable
            Instant startsAt) {}

    /** The grades of access. */
    enum Grade {
        NONE,
        LIMITED,
        FULL
    }

    /** All subscriptions of one status that change alike. */
    @Schema(name = "PolicyChangeGroup")
    record Group(
            @Schema(example = "past_due") @AllowableValues(SubscriptionStatus.class)
            String status,

            @AllowableValues(Grade.class) String before,
            @AllowableValues(Grade.class) String after,

            @Schema(example = "12") long subscriptions,

            @Schema(description = "What they pay for a period, in all")
            Money amount,

            @Schema(description = "When the first of them is left something else")
            Instant firstAt,

            Instant lastAt) {

        static Group of(PolicyChanges.Group group) {
            return new Group(
                    group.status(),
                    group.before(),
                    group.after(),
                    group.subscriptions(),
                    group.amount(),
                    group.firstAt(),
                    group.lastAt());
        }
    }

    @Schema(name = "PolicyPreview")
    record Preview(
            UUID id,
            @AllowableValues(PolicyPreview.Status.class) String status,

            @Schema(description = "The moment at which the two policies are compared")
            Instant at,

            @Schema(example = "1200") long subscriptionsLookedAt,

            @Schema(
                    description =
                            "What changes, by status, grade before and after, and currency; all once it is computed")
            List<Group> changes,

            @Schema(description = "From when on the policy counts") @Nullable
            Instant startsAt,

            @Schema(
                    example = "0",
                    description =
                            "Subscriptions that could not be given yet what the policy leaves them, as something is"
                                    + " wrong with each; they are tried again")
            long subscriptionsBehind,

            Instant createdAt) {

        static Preview of(PolicyPreview preview, List<PolicyChanges.Group> groups, Instant now) {
            return new Preview(
                    preview.id(),
                    preview.status(now).name().toLowerCase(Locale.ROOT),
                    preview.at(),
                    preview.lookedAt(),
                    groups.stream().map(Group::of).toList(),
                    preview.startsAt(),
                    preview.behind(),
                    preview.createdAt());
        }
    }

    /** One subscription of which something changes. */
    @Schema(name = "PolicyChange")
    record Change(
            UUID subscriptionId,
            String userId,
            String planId,

            @Schema(example = "past_due") @AllowableValues(SubscriptionStatus.class)
            String status,

            List<String> features,
            @AllowableValues(Grade.class) String before,
            @Nullable Instant beforeUntil,
            @AllowableValues(Grade.class) String after,
            @Nullable Instant afterUntil,

            @Schema(description = "When the two policies first leave it something else")
            Instant changesAt,

            @Schema(description = "What it pays for a period")
            Money amount) {

        static Change of(PolicyChanges.Change change) {
            return new Change(
                    change.subscriptionId(),
                    change.userId(),
                    change.planId(),
                    change.status(),
                    change.features(),
                    change.before(),
                    change.beforeUntil(),
                    change.after(),
                    change.afterUntil(),
                    change.at(),
                    change.amount());
        }
    }
}
