package io.tillstream.subscription.policy;

import io.tillstream.subscription.sql.Column;
import java.util.List;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** Subscriptions of which a dunning policy may say anything, walked in pages by id: the table may be large. */
@Repository
class PolicySubjects {

    /** Subscriptions of one page: where all of them owe, each has its transaction, and a round has time for all of them. */
    private static final int PAGE = 100;

    /** Who pays and never paused gets the same by any policy, unless money of theirs goes back. */
    private static final String NEXT = """
            with page as (select id, status, pause_behavior from subscriptions where id > :after order by id limit :page)
            select id, status in ('past_due', 'unpaid', 'paused')
                       or (status in ('trialing', 'active')
                           and (pause_behavior is not null
                                or exists (select 1 from subscription_pauses p where p.subscription_id = page.id)
                                or exists (select 1 from invoices i
                                           join invoice_money_back b on b.stripe_invoice_id = i.stripe_invoice_id
                                           where i.subscription_id = page.id))) as concerned
            from page order by id
            """;

    private final DatabaseClient database;

    PolicySubjects(DatabaseClient database) {
        this.database = database;
    }

    /**
     * The next page.
     *
     * @param concerned those of which a policy may say anything
     * @param position the last that was looked at
     */
    record Page(List<UUID> concerned, UUID position, int lookedAt) {
        boolean isLast() {
            return lookedAt < PAGE;
        }
    }

    private record Row(UUID id, boolean isConcerned) {}

    Mono<Page> next(UUID after) {
        return database.sql(NEXT)
                .bind("after", after)
                .bind("page", PAGE)
                .map(row -> new Row(
                        Column.present(row, "id", UUID.class),
                        Boolean.TRUE.equals(row.get("concerned", Boolean.class))))
                .all()
                .collectList()
                .map(rows -> new Page(
                        rows.stream().filter(Row::isConcerned).map(Row::id).toList(),
                        rows.isEmpty() ? after : rows.get(rows.size() - 1).id(),
                        rows.size()));
    }
}
