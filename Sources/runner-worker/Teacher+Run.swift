import ExperimentConfig
import Planning
import RunRecord
import Torch
import Training

extension Teacher {
  /// The model of the run that an experiment names as its teacher.
  ///
  /// - Throws: ``InputError`` if the run has no model, or its weights do not fit it; ``FileError``.
  convenience init(_ settings: TeacherSettings, device: Device) throws {
    let plan = try TeacherPlan(of: RunDirectory(path: settings.run))
    try self.init(plan.graph, plan.entries(), settings, device: device)
  }
}
