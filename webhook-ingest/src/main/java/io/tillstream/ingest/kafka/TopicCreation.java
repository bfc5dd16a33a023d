package io.tillstream.ingest.kafka;

import io.tillstream.ingest.IngestSettings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Creates the topic and gets to know it, also when Kafka comes up after this service: it starts without Kafka and answers 503
 * meanwhile. It is not ready before its first try, or the first events after each start would be refused for want of it.
 */
final class TopicCreation implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(TopicCreation.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final KafkaAdmin admin;
    private final KafkaTemplate<String, byte[]> kafka;
    private final IngestSettings settings;
    private volatile Disposable running = Disposables.disposed();

    TopicCreation(KafkaAdmin admin, KafkaTemplate<String, byte[]> kafka, IngestSettings settings) {
        this.admin = admin;
        this.kafka = kafka;
        this.settings = settings;
        admin.setAutoCreate(false); // it would hold the start back
        admin.setFatalIfBrokerNotAvailable(true);
    }

    @Override
    public void start() {
        CountDownLatch tried = new CountDownLatch(1);
        running = Mono.fromCallable(this::open)
                .subscribeOn(Schedulers.boundedElastic())
                .doOnTerminate(tried::countDown)
                .doOnError(e -> LOG.warn("Topic {} is not there yet: {}", StripeEventPublisher.NAME, e.toString()))
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, EVERY))
                .subscribe(done -> LOG.info("Topic {} is there", StripeEventPublisher.NAME));
        try { // as long as Stripe would wait
            boolean inTime = tried.await(settings.keepWithin().toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("Kafka answered: {}", inTime);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the first event would have to wait for: the topic, a producer, and where its partitions are. */
    private boolean open() {
        return admin.initialize()
                && !kafka.partitionsFor(settings.prefix() + StripeEventPublisher.NAME)
                        .isEmpty();
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
