package io.tillstream.subscription.moneyback;

import com.stripe.model.StripeObject;
import com.stripe.param.CustomerBalanceTransactionCreateParams;
import com.stripe.param.CustomerBalanceTransactionListParams;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What a customer has to their credit at Stripe, for their next invoices. */
@Component
class StripeCredit {

    private static final String OUR_ID = "credit_recovery";

    private static final long MOST = 100; // one page: a move is looked for within days

    private final StripeCalls calls;
    private final String environment;

    StripeCredit(StripeCalls calls, StripeSettings settings) {
        this.calls = calls.inBackground();
        this.environment = settings.environment();
    }

    /** Zero where the customer is gone, owes something, or has another currency. */
    Mono<Long> left(CreditRecovery recovery) {
        return calls.read(
                        "customer.retrieve",
                        (stripe, options) -> json(stripe.v1().customers().retrieve(recovery.customerId(), options)))
                .map(answer -> StripeProblems.present(answer)
                        .filter(customer -> recovery.currency().equals(StripeJson.text(customer, "currency")))
                        .map(customer -> StripeJson.number(customer, "balance"))
                        .map(balance -> Math.max(0, -balance))
                        .orElse(0L));
    }

    /** Whether Stripe has made the move already: it keeps a key for a day only. */
    Mono<Boolean> isMoved(CreditRecovery recovery) {
        var params =
                CustomerBalanceTransactionListParams.builder().setLimit(MOST).build();
        return calls.read(
                        "customer_balance_transaction.list",
                        (stripe, options) -> json(stripe.v1()
                                .customers()
                                .balanceTransactions()
                                .list(recovery.customerId(), params, options)))
                .map(answer -> StripeProblems.present(answer)
                        .map(page -> page.path("data").valueStream().anyMatch(one -> recovery.key()
                                .equals(StripeJson.metadata(one, OUR_ID))))
                        .orElse(false));
    }

    Mono<StripeResult<JsonNode>> move(CreditRecovery recovery, long amount) {
        var params = CustomerBalanceTransactionCreateParams.builder()
                .setAmount(amount)
                .setCurrency(recovery.currency())
                .setDescription(amount > 0 ? "Credit of a payment that went back" : "Credit of a payment that stays")
                .putMetadata(OUR_ID, recovery.key())
                .putMetadata("subscription_id", recovery.subscriptionId().toString())
                .putMetadata("env", environment)
                .build();
        return calls.write(
                        "customer_balance_transaction.create",
                        recovery.key(),
                        (stripe, options) -> stripe.v1()
                                .customers()
                                .balanceTransactions()
                                .create(recovery.customerId(), params, options),
                        ExpectedValues.of("currency", recovery.currency()).and("amount", amount))
                .map(answer -> answer.map(StripeCredit::json));
    }

    private static JsonNode json(StripeObject answer) {
        return StripeJson.read(answer.getLastResponse().body().getBytes(StandardCharsets.UTF_8));
    }
}
