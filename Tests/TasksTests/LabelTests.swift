import TaskRegistry
import Testing

@Suite struct LabelTests {
  @Test func scoresAreCalledWhatTheirMetricsAre() {
    #expect(TaskRegistry.label("validation_mean_iou") == "validation mean IoU")
    #expect(TaskRegistry.label("map_50") == "mAP@50")
    #expect(TaskRegistry.label("train_accuracy") == "train accuracy")
  }

  @Test func headingsBeginWithACapitalUnlessTheWordHasItsOwn() {
    #expect(TaskRegistry.heading("mean IoU") == "Mean IoU")
    #expect(TaskRegistry.heading("mAP@50 by lr") == "mAP@50 by lr")
  }
}
