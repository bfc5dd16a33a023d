package io.tillstream.delivery;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Creates the topics of {@link NewTopic} beans, also when Kafka comes up after the service. */
public final class TopicCreation implements SmartLifecycle {

    private static final Duration EVERY = Duration.ofSeconds(3);

    private static final Duration RETENTION = Duration.ofDays(30);

    /**
     * Of a record and of a request that sends it, in bytes: an event of 1 MiB, which is the most that is taken in, with the
     * headers that tell of its fault when it is a dead letter. Kafka's own limit would refuse just the dead letter.
     */
    public static final int LARGEST = 3 * 1024 * 1024;

    private final KafkaAdmin admin;
    private Disposable attempts = () -> {};
    private volatile boolean running;

    public TopicCreation(KafkaAdmin admin) {
        this.admin = admin;
        admin.setAutoCreate(false);
        admin.setFatalIfBrokerNotAvailable(true);
    }

    /** A topic as all of ours are: 30 days, and a record is kept only when enough replicas have it. */
    public static NewTopic topic(String name, int partitions, int replicationFactor, int minInsyncReplicas) {
        return TopicBuilder.name(name)
                .partitions(partitions)
                .replicas(replicationFactor)
                .configs(Map.of(
                        "retention.ms", Long.toString(RETENTION.toMillis()),
                        "min.insync.replicas", Integer.toString(minInsyncReplicas),
                        "max.message.bytes", Integer.toString(LARGEST)))
                .build();
    }

    @Override
    public void start() {
        running = true;
        attempts = Mono.fromCallable(admin::initialize)
                .filter(created -> created)
                .onErrorComplete()
                .subscribeOn(Schedulers.boundedElastic())
                .repeatWhenEmpty(none -> none.delayElements(EVERY))
                .subscribe();
    }

    @Override
    public void stop() {
        running = false;
        attempts.dispose();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the listeners, which would only wait for their topics. */
    @Override
    public int getPhase() {
        return 0;
    }
}
