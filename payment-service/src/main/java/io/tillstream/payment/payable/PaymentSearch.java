package io.tillstream.payment.payable;

import io.tillstream.web.Paging;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;

/** Payments of all users, for operators. */
@Repository
public class PaymentSearch {

    private static final String PAGE = """
            select * from payments
            where (:userId::text is null or user_id = :userId)
              and (:reference::text is null or reference = :reference)
              and (:status::text is null or status = :status)
              and (:before::timestamptz is null or (created_at, id) < (:before::timestamptz, :beforeId::uuid))
            order by created_at desc, id desc
            limit :rows
            """;

    private final DatabaseClient database;

    PaymentSearch(DatabaseClient database) {
        this.database = database;
    }

    /** The newest first; what is null does not matter. */
    public Flux<Payment> page(
            @Nullable String userId, @Nullable String reference, @Nullable PaymentStatus status, Paging paging) {
        var after = paging.after();
        return database.sql(PAGE)
                .bind("userId", Row.in(userId))
                .bind("reference", Row.in(reference))
                .bind("status", Row.in(status == null ? null : status.text()))
                .bind("before", Row.in(after == null ? null : after.createdAt().toString()))
                .bind("beforeId", Row.in(after == null ? null : after.id()))
                .bind("rows", paging.rowsToRead())
                .map(Payments::read)
                .all();
    }
}
