package io.tillstream.delivery;

import io.micrometer.core.instrument.config.MeterFilter;

/**
 * Kafka's consumer tells the numbers of a topic whose name has a dot twice, once with the dot as an underscore, for those who
 * are used to the older name: whoever sums them up, for the lag say, gets the double. Every topic of ours has a dot.
 *
 * @see <a href="https://github.com/apache/kafka/pull/18232">Kafka: KIP-1109, unifying consumer topic metrics</a>
 */
final class KafkaTopicNames {

    static final MeterFilter WITHOUT_REPEATS = MeterFilter.deny(id -> {
        String topic = id.getTag("topic");
        return topic != null && id.getName().startsWith("kafka.consumer.") && topic.indexOf('.') < 0;
    });

    private KafkaTopicNames() {}
}
