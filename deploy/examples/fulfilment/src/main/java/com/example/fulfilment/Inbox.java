package com.example.fulfilment;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of events that were applied. */
@Repository
class Inbox {

    private static final int BATCH = 1_000; // rows of one short statement

    private final JdbcClient database;

    Inbox(JdbcClient database) {
        this.database = database;
    }

    /** Inside the transaction of the effect; false: it was applied before. Whoever applies it now is waited for. */
    boolean add(ReceivedEvent event) {
        return database.sql("insert into inbox (event_id, type) values (:id, :type) on conflict do nothing")
                        .param("id", event.id())
                        .param("type", event.type())
                        .update()
                == 1;
    }

    /** In small steps: true while there is more. */
    boolean forget(Duration olderThan) {
        return database.sql("""
                        delete from inbox where event_id in (select event_id from inbox
                        where applied_at < now() - make_interval(secs => :seconds) order by applied_at limit :batch)
                        """)
                        .param("seconds", (double) olderThan.toSeconds())
                        .param("batch", BATCH)
                        .update()
                == BATCH;
    }
}
