package io.tillstream.subscription.catalog;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * An operator makes a plan, or changes one: the row is committed first, then {@link PlanSync} makes Stripe say the same,
 * then the answer goes out. Where that takes too long or Stripe is away, the answer is what is known, and
 * {@link PlanSweep} finishes it.
 */
@Component
class PlanFlow {

    private static final Duration LONGEST = Duration.ofSeconds(10); // the gateway waits 15 s, a service 12 s

    private final Transactions transactions;
    private final PlanRepository rows;
    private final PlanWriter writes;
    private final PlanSync sync;

    PlanFlow(Transactions transactions, PlanRepository rows, PlanWriter writes, PlanSync sync) {
        this.transactions = transactions;
        this.rows = rows;
        this.writes = writes;
        this.sync = sync;
    }

    /** A new plan; the same asked for again is the same plan. */
    Mono<Plan> add(PlanInput input) {
        PlanDefinition terms = input.terms();
        String product = input.productOr(terms);
        String id = input.idOr(product, terms);
        return transactions
                .run(writes.inTurn(product)
                        .then(rows.find(id))
                        .hasElement()
                        .flatMap(there -> there
                                ? same(id, product, terms)
                                : ofProduct(product, terms)
                                        .then(writes.insert(id, product, terms, null))
                                        .flatMap(added -> same(id, product, terms))))
                .flatMap(this::atStripe);
    }

    private Mono<Plan> same(String id, String product, PlanDefinition terms) {
        return rows.find(id)
                .filter(plan -> !plan.takenOver()
                        && plan.product().equals(product)
                        && PlanDefinition.of(plan).equals(terms))
                .switchIfEmpty(Mono.error(PlanFlow::exists));
    }

    static Problem exists() {
        return Problem.conflict("plan-exists", "There is another plan with this id already.");
    }

    /** Stripe has one name and one description for all plans of a product. */
    private Mono<Void> ofProduct(String product, PlanDefinition terms) {
        return rows.lockProduct(product)
                .next()
                .filter(sibling -> !PlanDefinition.of(sibling).sameWords(terms))
                .flatMap(sibling -> Mono.error(
                        Problem.invalid("name", "and description have to be those of the product's other plans")));
    }

    /** Changes a plan. Another price is for those who subscribe from now on. */
    Mono<Plan> replace(String id, PlanInput input) {
        return transactions
                .run(rows.find(id)
                        .switchIfEmpty(Mono.error(Problem::notFound))
                        .flatMap(seen -> writes.inTurn(seen.product())
                                .then(rows.lockProduct(seen.product()).collectList())
                                .flatMap(all -> changed(of(id, all), input)))
                        .then(rows.find(id)))
                .flatMap(this::atStripe);
    }

    private static Plan of(String id, List<Plan> all) {
        return all.stream().filter(plan -> plan.id().equals(id)).findFirst().orElseThrow(Problem::notFound);
    }

    private Mono<Void> changed(Plan plan, PlanInput input) {
        cannotChange("id", input.id(), plan.id());
        cannotChange("product", input.product(), plan.product());
        cannotChange("stripePriceId", input.stripePriceId(), String.valueOf(plan.stripePriceId()));
        PlanDefinition now = PlanDefinition.of(plan);
        PlanDefinition terms = plan.takenOver() ? input.over(now) : input.terms();
        return terms.equals(now) ? Mono.empty() : writes.replace(plan, terms);
    }

    private static void cannotChange(String field, @Nullable String asked, String is) {
        if (asked != null && !asked.equals(is)) {
            throw Problem.invalid(field, "cannot be changed");
        }
    }

    private Mono<Plan> atStripe(Plan plan) {
        return Transactions.shield(sync.sync(plan.id()))
                .timeout(LONGEST)
                .onErrorResume(PlanFlow::later, e -> rows.find(plan.id()))
                .onErrorMap(RefusedByStripe.class, PlanFlow::refused);
    }

    private static boolean later(Throwable e) {
        return e instanceof TimeoutException || e instanceof OutcomeUnknown || e instanceof StripeUnavailable;
    }

    private static Problem refused(RefusedByStripe refusal) {
        StripeResult.Refused<?> no = refusal.no();
        String param = no.param();
        return StripeProblems.told(
                no,
                Problem.invalid(
                        param == null ? "plan" : param,
                        "is refused by Stripe: " + no.code()
                                + "; the plan is kept, and not offered until it is changed"));
    }
}
