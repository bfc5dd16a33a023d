package io.tillstream.payment.card;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.Transactions;
import io.tillstream.payment.payable.PaymentSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells of cards whose last month ends within 30 days, once for each card and expiry. */
@Component
class ExpiringCards implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ExpiringCards.class);

    private static final String CLAIM = """
            update cards set expiry_told = exp_year * 100 + exp_month
            where payment_method_id in (
                select payment_method_id from cards
                where exp_year * 100 + exp_month in (:months)
                  and expiry_told is distinct from exp_year * 100 + exp_month
                  and duplicate_of is null
                limit :batch for update skip locked)
            returning *
            """;

    private static final int BATCH = 100; // one transaction's worth of outbox rows
    private static final int DAYS_AHEAD = 30;
    private static final Duration PAUSE = Duration.ofHours(1); // a day is the unit here

    private final Transactions transactions;
    private final DatabaseClient database;
    private final Outbox outbox;
    private final Clock clock;
    private final PaymentSettings settings;
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    ExpiringCards(
            Transactions transactions, DatabaseClient database, Outbox outbox, Clock clock, PaymentSettings settings) {
        this.transactions = transactions;
        this.database = database;
        this.outbox = outbox;
        this.clock = clock;
        this.settings = settings;
    }

    @Override
    public void start() {
        running = true;
        loop = Flux.interval(settings.expiringCardsAfter(), PAUSE)
                .onBackpressureDrop()
                .concatMap(
                        tick -> round().onErrorResume(fault -> {
                            log.warn("Expiring cards are told later: {}", fault.toString());
                            return Mono.empty();
                        }),
                        1)
                .subscribe();
    }

    /** Tells all that are due; gives how many. */
    Mono<Integer> round() {
        List<Integer> months = endingSoon(LocalDate.now(clock.withZone(ZoneOffset.UTC)));
        return months.isEmpty()
                ? Mono.just(0)
                : batch(months)
                        .expand(told -> told < BATCH ? Mono.empty() : batch(months))
                        .reduce(0, Integer::sum);
    }

    /** The months, as year * 100 + month, whose last day is at most 30 days off and not over. */
    static List<Integer> endingSoon(LocalDate today) {
        return Stream.iterate(YearMonth.from(today), month -> month.plusMonths(1))
                .takeWhile(month -> !month.atEndOfMonth().isAfter(today.plusDays(DAYS_AHEAD)))
                .map(month -> month.getYear() * 100 + month.getMonthValue())
                .toList();
    }

    private Mono<Integer> batch(List<Integer> months) {
        return transactions.run(database.sql(CLAIM)
                .bind("months", months)
                .bind("batch", BATCH)
                .map(Cards::read)
                .all()
                .collectList()
                .flatMap(cards -> Flux.fromIterable(cards)
                        .concatMap(card -> outbox.append(card.expiring()))
                        .then(Mono.just(cards.size()))));
    }

    @Override
    public void stop() {
        running = false;
        loop.dispose();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
