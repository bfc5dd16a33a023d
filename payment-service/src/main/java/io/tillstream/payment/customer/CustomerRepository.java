package io.tillstream.payment.customer;

import io.r2dbc.spi.Readable;
import io.tillstream.payment.payable.Column;
import io.tillstream.payment.payable.StoredJson;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** The table of customers. A locked row is the right to change the customer and the user's cards. */
@Repository
class CustomerRepository {

    private static final String KEEP_STRIPE_ID = """
            update customers
            set stripe_customer_id = :stripeId, asked_at = null, version = version + 1, updated_at = now()
            where user_id = :userId and generation = :generation and stripe_customer_id is null
            """;

    private static final String NEXT_GENERATION = """
            update customers
            set generation = generation + 1, asked_at = now(), version = version + 1, updated_at = now()
            where user_id = :userId and generation = :generation and stripe_customer_id is null
            """;

    private static final String TAKE = """
            update customers
            set email = :email, name = :name, address = cast(:address as jsonb), default_payment_method = :card,
                details_due = :due, version = version + 1, updated_at = now()
            where user_id = :userId
            """;

    private static final String END = """
            update customers
            set stripe_customer_id = null, generation = generation + 1, asked_at = null, default_payment_method = null,
                default_due = null, leaving = false,
                registered_at = case when leaving then null else registered_at end,
                email = case when leaving then null else email end,
                name = case when leaving then null else name end,
                address = case when leaving then null else address end,
                details_due = not leaving and (email is not null or name is not null or address is not null),
                version = version + 1, updated_at = now()
            where user_id = :userId
            """;

    private final DatabaseClient database;

    CustomerRepository(DatabaseClient database) {
        this.database = database;
    }

    Mono<Customer> find(String userId) {
        return one("select * from customers where user_id = :key", userId);
    }

    Mono<Customer> lock(String userId) {
        return one("select * from customers where user_id = :key for update", userId);
    }

    Mono<Customer> findByStripeId(String stripeId) {
        return one("select * from customers where stripe_customer_id = :key", stripeId);
    }

    Mono<Customer> lockByStripeId(String stripeId) {
        return one("select * from customers where stripe_customer_id = :key for update", stripeId);
    }

    /** The user's row, made if there was none, and locked. */
    Mono<Customer> lockOrCreate(String userId) {
        return run("insert into customers (user_id) values (:key) on conflict (user_id) do nothing", userId)
                .then(lock(userId));
    }

    /** From now on an answer of Stripe is waited for. */
    Mono<Void> asked(Customer customer) {
        return run("update customers set asked_at = now() where user_id = :key and asked_at is null", customer.userId())
                .then();
    }

    Mono<Boolean> keepStripeId(String userId, int generation, String stripeId) {
        return database.sql(KEEP_STRIPE_ID)
                .bind("userId", userId)
                .bind("generation", generation)
                .bind("stripeId", stripeId)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    Mono<Boolean> nextGeneration(Customer customer) {
        return database.sql(NEXT_GENERATION)
                .bind("userId", customer.userId())
                .bind("generation", customer.generation())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /** Takes over what Stripe says; details that Stripe does not have yet stay. */
    Mono<Void> take(Customer customer, CustomerState fact, boolean detailsSent) {
        boolean due = customer.detailsDue() && !detailsSent;
        CustomerDetails details = due ? customer.details() : fact.details();
        return database.sql(TAKE)
                .bind("userId", customer.userId())
                .bind("due", due)
                .bind("email", Column.in(details.email()))
                .bind("name", Column.in(details.name()))
                .bind("address", Column.in(details.address() == null ? null : StoredJson.write(details.address())))
                .bind("card", Column.in(fact.defaultCard()))
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<Void> register(String userId) {
        return run("update customers set registered_at = now() where user_id = :key and registered_at is null", userId)
                .then();
    }

    /** From now on the user is being deleted; what they asked for until now begins nothing any more. */
    Mono<Void> leave(String userId, Instant now) {
        return database.sql("""
                        update customers
                        set leaving = true, deleted_at = :now, deletion_ask_at = now() + interval '30 seconds',
                            deletion_attempts = 0, default_due = null, version = version + 1, updated_at = now()
                        where user_id = :userId
                        """)
                .bind("userId", userId)
                .bind("now", now)
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<Instant> deletedAt(String userId) {
        return database.sql("select deleted_at from customers where user_id = :key and deleted_at is not null")
                .bind("key", userId)
                .map(row -> Column.get(row, "deleted_at", OffsetDateTime.class).toInstant())
                .one();
    }

    /** The customer at Stripe is no more; the next need makes a new one. */
    Mono<Void> end(Customer customer) {
        Mono<Long> remembered = customer.stripeId() == null
                ? Mono.just(0L)
                : database.sql("""
                                insert into former_customers (stripe_customer_id, user_id) values (:stripeId, :userId)
                                on conflict (stripe_customer_id) do nothing
                                """)
                        .bind("stripeId", customer.stripeId())
                        .bind("userId", customer.userId())
                        .fetch()
                        .rowsUpdated();
        return remembered
                .then(database.sql(END)
                        .bind("userId", customer.userId())
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    Mono<Boolean> isFormer(String stripeId) {
        return database.sql("select 1 from former_customers where stripe_customer_id = :id")
                .bind("id", stripeId)
                .map(row -> true)
                .one()
                .defaultIfEmpty(false);
    }

    /** Whether it was the user's before. */
    Mono<Boolean> wasOf(String stripeId, String userId) {
        return database.sql("select 1 from former_customers where stripe_customer_id = :id and user_id = :userId")
                .bind("id", stripeId)
                .bind("userId", userId)
                .map(row -> true)
                .one()
                .defaultIfEmpty(false);
    }

    Mono<Void> forgetDefaultCard(String userId, String paymentMethodId) {
        return database.sql("""
                        update customers set default_payment_method = null, version = version + 1, updated_at = now()
                        where user_id = :userId and default_payment_method = :card
                        """)
                .bind("userId", userId)
                .bind("card", paymentMethodId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** The address that the user's token names, for a customer that is about to be made and has none. */
    Mono<Void> suggestEmail(String userId, String email) {
        return database.sql("""
            insert into customers (user_id, email, details_due) values (:userId, :email, true)
            on conflict (user_id) do update
            set email = :email, details_due = true, version = customers.version + 1, updated_at = now()
            where customers.email is null and customers.stripe_customer_id is null and not customers.leaving
            """)
                .bind("userId", userId)
                .bind("email", email)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** The first card is to be the default, unless its owner leaves; inside a transaction that holds the customer. */
    Mono<Void> wantDefault(String userId, String paymentMethodId) {
        return database.sql("""
            update customers set default_due = :card, default_ask_at = now(), default_attempts = 0, updated_at = now()
            where user_id = :userId and default_payment_method is null and default_due is null and not leaving
            """)
                .bind("userId", userId)
                .bind("card", paymentMethodId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<Void> defaultDone(String userId) {
        return run("update customers set default_due = null, updated_at = now() where user_id = :key", userId)
                .then();
    }

    private Mono<Customer> one(String sql, String key) {
        return database.sql(sql).bind("key", key).map(CustomerRepository::read).one();
    }

    private Mono<Long> run(String sql, String key) {
        return database.sql(sql).bind("key", key).fetch().rowsUpdated();
    }

    static Customer read(Readable row) {
        return new Customer(
                Column.get(row, "user_id", String.class),
                Column.get(row, "generation", Integer.class),
                Column.text(row, "stripe_customer_id"),
                instant(row, "asked_at"),
                Column.get(row, "leaving", Boolean.class),
                instant(row, "registered_at"),
                new CustomerDetails(
                        Column.text(row, "email"),
                        Column.text(row, "name"),
                        StoredJson.read(Column.text(row, "address"), Address.class)),
                Column.get(row, "details_due", Boolean.class),
                Column.text(row, "default_payment_method"),
                Column.get(row, "version", Integer.class));
    }

    private static @Nullable Instant instant(Readable row, String column) {
        OffsetDateTime time = row.get(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
