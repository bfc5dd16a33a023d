package io.tillstream.subscription.subscription;

import java.time.Clock;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who has had a trial of what: by user, by product and by card or bank account, for ever. */
@Repository
public class Trials {

    private static final String HAD = """
            select exists (
                select 1 from trials t left join subscriptions s on s.id = t.subscription_id
                where t.user_id = :userId and t.product = :product and coalesce(s.status, '') <> 'starting')
              or exists (
                select 1 from user_cards mine
                join user_cards theirs on theirs.fingerprint = mine.fingerprint
                join trials t on t.user_id = theirs.user_id and t.product = :product
                left join subscriptions s on s.id = t.subscription_id
                where mine.user_id = :userId and coalesce(s.status, '') <> 'starting') as had
            """;

    private static final String TAKE = """
            insert into trials (user_id, product, subscription_id, began_at)
            select :userId, product, :id, :now from plans where id = :planId
            on conflict (user_id, product) do update set began_at = trials.began_at
            where trials.subscription_id = :id
            """;

    /**
     * The one who had it first keeps it. One that was arranged at Stripe is the operator's to give. Claimed for the length of
     * the next rest: those that cannot be ended take turns behind the others.
     *
     * <p>A trial of one product can be carried over to another on Stripe's portal: not to one whose trial was had. And a start that
     * was held for never made gave its trial back, and may turn up when another one has it. What was paid for is no such trial: its
     * free days are an operator's gift.
     */
    private static final String CLAIM_REPEATED = """
            with due as (
                select s.id, t.subscription_id = s.id as by_card from subscriptions s
                join plans p on p.id = s.plan_id
                join trials t on t.user_id = s.user_id and t.product = p.product
                left join subscriptions holder on holder.id = t.subscription_id
                left join repeat_trials tried on tried.subscription_id = s.id
                where s.status = 'trialing' and s.request <> '{}' and s.stripe_subscription_id is not null
                  and coalesce(tried.next_attempt_at <= now(), true)
                  and (t.subscription_id <> s.id and coalesce(holder.status, '') <> 'starting'
                    and (cast(s.request ->> 'trialDays' as int) > 0
                      or exists (select 1 from trials own where own.subscription_id = s.id and own.product <> p.product))
                    and not exists (
                    select 1 from invoices paid where paid.subscription_id = s.id and paid.ever_paid and paid.total > 0)
                    or t.subscription_id = s.id and exists (
                    select 1 from user_cards mine
                    join user_cards theirs on theirs.fingerprint = mine.fingerprint and theirs.user_id <> mine.user_id
                    join trials before on before.user_id = theirs.user_id and before.product = p.product
                    where mine.user_id = s.user_id and before.began_at < t.began_at))
                order by coalesce(tried.tries, 0), s.created_at limit :most),
            claimed as (
                insert into repeat_trials as tried (subscription_id, tries, next_attempt_at)
                select id, 1, now() + interval '1 minute' from due
                on conflict (subscription_id) do update
                set tries = tried.tries + 1,
                    next_attempt_at = now() + least(interval '1 minute' * power(2, least(tried.tries, 11)), interval '1 day')
                returning subscription_id)
            select due.id, due.by_card from due join claimed on claimed.subscription_id = due.id
            """;

    /** What rests only as it could not be ended; what was tried for an hour may be refused. */
    private static final String MAKE_DUE = """
            update repeat_trials set next_attempt_at = now()
            where subscription_id in (
                select subscription_id from repeat_trials
                where next_attempt_at > now() and tries < 6
                order by next_attempt_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final DatabaseClient database;
    private final Clock clock;

    Trials(DatabaseClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Whether the user, or somebody with one of their cards, has had a trial of the product. A start that has not come to
     * anything yet does not count: see {@link #holder}.
     */
    public Mono<Boolean> had(String userId, String product) {
        return database.sql(HAD)
                .bind("userId", userId)
                .bind("product", product)
                .map(row -> Boolean.TRUE.equals(row.get("had", Boolean.class)))
                .one();
    }

    /** The same, but for what the subscription itself has. */
    public Mono<Boolean> hadByAnother(Subscription subscription, String product) {
        return holder(subscription.userId(), product)
                .map(holder -> !holder.equals(subscription.id()))
                .switchIfEmpty(Mono.defer(() -> had(subscription.userId(), product)));
    }

    /** In the transaction that begins it; false where another one of the user's has it. */
    public Mono<Boolean> take(Subscription subscription) {
        return database.sql(TAKE)
                .bind("userId", subscription.userId())
                .bind("id", subscription.id())
                .bind("planId", subscription.planId())
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** The user's start that has the product's trial now. */
    public Mono<UUID> holder(String userId, String product) {
        return database.sql("select subscription_id from trials where user_id = :userId and product = :product")
                .bind("userId", userId)
                .bind("product", product)
                .map(row -> Objects.requireNonNull(row.get("subscription_id", UUID.class)))
                .one();
    }

    /** In the transaction in which its start came to nothing. */
    public Mono<Void> giveBack(UUID subscriptionId) {
        return database.sql("delete from trials where subscription_id = :id")
                .bind("id", subscriptionId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** In the transaction of a step: a trial that Stripe tells of was had, also after a change of plan within it. */
    public Mono<Void> follow(Subscription known, Subscription next) {
        boolean began = next.period().trialEnd() != null && known.period().trialEnd() == null;
        boolean goesOn = next.status() == SubscriptionStatus.TRIALING
                && (known.status() != SubscriptionStatus.TRIALING
                        || !known.planId().equals(next.planId()));
        return began || goesOn ? take(next).then() : Mono.empty();
    }

    /** Cards and bank accounts that the user has, or had. */
    public Mono<Void> keepCards(String userId, Collection<String> fingerprints) {
        return Flux.fromIterable(fingerprints)
                .concatMap(fingerprint -> database.sql("""
                                insert into user_cards (user_id, fingerprint) values (:userId, :fingerprint)
                                on conflict do nothing
                                """)
                        .bind("userId", userId)
                        .bind("fingerprint", fingerprint)
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    /**
     * A trial that runs though there was one before.
     *
     * @param byCard whether somebody else had that, with a card of the user's; else the user
     */
    public record Repeated(UUID subscriptionId, boolean byCard) {}

    /** Takes trials that run though there was one before, which was not known when they began, or was of another product then. */
    public Flux<Repeated> claimRepeated(int most) {
        return database.sql(CLAIM_REPEATED)
                .bind("most", most)
                .map(row -> new Repeated(
                        Objects.requireNonNull(row.get("id", UUID.class)),
                        Boolean.TRUE.equals(row.get("by_card", Boolean.class))))
                .all();
    }

    /** Ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    public Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }
}
