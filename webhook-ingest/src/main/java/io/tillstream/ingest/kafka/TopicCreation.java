package io.tillstream.ingest.kafka;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** Creates the topic, also when Kafka comes up after this service: it starts without Kafka and answers 503 meanwhile. */
final class TopicCreation implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(TopicCreation.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final KafkaAdmin admin;
    private volatile Disposable running = Disposables.disposed();

    TopicCreation(KafkaAdmin admin) {
        this.admin = admin;
        admin.setAutoCreate(false); // it would hold the start back
        admin.setFatalIfBrokerNotAvailable(true);
    }

    @Override
    public void start() {
        running = Mono.fromCallable(admin::initialize)
                .subscribeOn(Schedulers.boundedElastic())
                .doOnError(e -> LOG.warn("Topic {} is not there yet: {}", StripeEventsTopic.NAME, e.toString()))
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, EVERY))
                .subscribe(done -> LOG.info("Topic {} is there", StripeEventsTopic.NAME));
    }

    @Override
    public void stop() {
        running.dispose();
    }

    @Override
    public boolean isRunning() {
        return !running.isDisposed();
    }
}
