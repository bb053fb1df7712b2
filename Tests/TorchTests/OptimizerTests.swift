import Testing
import Torch

extension TorchTests {
  /// Against PyTorch's optimizers. The third parameter never has a gradient and must stay.
  @Suite struct Optimizers {
    let parameters: [Tensor]
    let states: [Tensor]

    init() throws {
      parameters = try [ramp([3, 4]), ramp([5], start: 0.5, step: -0.25), ramp([2])]
      states = try parameters.map { try Tensor.zeros(like: $0) }
    }

    func setGradients(_ step: Int) throws {
      try parameters[0].setGrad(ramp([3, 4], start: 0.5 - 0.25 * Float(step), step: 0.125))
      try parameters[1].setGrad(ramp([5], start: -0.25 * Float(step), step: 0.5))
    }

    func check(_ name: String) throws {
      let expected: [String: [[Double]]] = try goldens("optimizers")
      let values = try #require(expected[name])
      for (parameter, value) in zip(parameters, values) {
        #expect(try distance(parameter, value) < 1e-6, "\(name)")
      }
    }

    static let adamCases: [(String, AdamOptions)] = {
      var plain = AdamOptions()
      plain.lr = 1e-2
      var decay = plain
      decay.weightDecay = 0.1
      var amsgrad = plain
      amsgrad.amsgrad = true
      var decoupled = decay
      decoupled.decoupledWeightDecay = true
      return [
        ("adam", plain), ("adam_decay", decay), ("adam_amsgrad", amsgrad), ("adamw", decoupled),
      ]
    }()

    @Test(arguments: adamCases, [true, false])
    func adam(named: (name: String, options: AdamOptions), fused: Bool) throws {
      var options = named.options
      options.fused = fused
      let squares = try parameters.map { try Tensor.zeros(like: $0) }
      let maxima = options.amsgrad ? try parameters.map { try Tensor.zeros(like: $0) } : []
      let steps = try parameters.map { _ in try Tensor(scalar: 0) }
      for step in 0..<4 {
        try setGradients(step)
        try fusedAdam(
          parameters, expAvgs: states, expAvgSqs: squares, maxExpAvgSqs: maxima, steps: steps,
          options: options)
      }
      try check(named.name)
      #expect(try steps.map { try $0.item() } == [4, 4, 0])
    }

    static let sgdCases: [(String, SGDOptions)] = {
      var plain = SGDOptions()
      plain.lr = 1e-2
      var momentum = plain
      momentum.momentum = 0.9
      momentum.dampening = 0.25
      momentum.weightDecay = 0.1
      var nesterov = plain
      nesterov.momentum = 0.9
      nesterov.nesterov = true
      return [("sgd", plain), ("sgd_momentum", momentum), ("sgd_nesterov", nesterov)]
    }()

    @Test(arguments: sgdCases, [true, false])
    func gradientDescent(named: (name: String, options: SGDOptions), fused: Bool) throws {
      var options = named.options
      options.fused = fused
      for step in 0..<4 {
        try setGradients(step)
        try fusedSGD(
          parameters, momentumBuffers: options.momentum == 0 ? [] : states, isFirstStep: step == 0,
          options: options)
      }
      try check(named.name)
    }

    @Test func nothingToDo() throws {
      let steps = try parameters.map { _ in try Tensor(scalar: 0) }
      let before = try parameters.map { try $0.floats() }
      try fusedAdam([], expAvgs: [], expAvgSqs: [], steps: [], options: AdamOptions())
      try fusedAdam(
        parameters, expAvgs: states, expAvgSqs: states, steps: steps, options: AdamOptions())
      try fusedSGD(parameters, isFirstStep: true, options: SGDOptions())
      #expect(try parameters.map { try $0.floats() } == before)
      #expect(try clipGradNorm([], maxNorm: 1).item() == 0)
      #expect(try clipGradNorm(parameters, maxNorm: 1).item() == 0)
    }

    @Test func listsAndLayoutsMustFit() throws {
      try setGradients(0)
      let steps = try parameters.map { _ in try Tensor(scalar: 0) }
      let short = #expect(throws: TorchError.self) {
        try fusedAdam(
          parameters, expAvgs: [states[0]], expAvgSqs: states, steps: steps, options: AdamOptions())
      }
      #expect(short?.description == "fusedAdam: 1 first moments for 3 parameters")
      #expect(throws: TorchError.self) {
        try fusedAdam(
          parameters, expAvgs: states.reversed(), expAvgSqs: states, steps: steps,
          options: AdamOptions())
      }
      var options = SGDOptions()
      options.nesterov = true
      #expect(throws: TorchError.self) {
        try fusedSGD(parameters, isFirstStep: true, options: options)
      }
    }

    /// The kernels ignore strides, so a gradient of another memory order has to be reordered.
    @Test func gradientsOfAnotherMemoryOrder() throws {
      let values = try ramp([2, 3, 2, 2])
      let results = try [MemoryFormat.contiguous, .channelsLast].map { format in
        let parameter = try values.clone()
        try parameter.setGrad(values.contiguous(format))
        try fusedSGD([parameter], isFirstStep: true, options: SGDOptions())
        return try parameter.floats()
      }
      #expect(results[0] == results[1])
    }

    @Test func clipping() throws {
      let one = try Tensor([0, 0] as [Float])
      let other = try Tensor([0] as [Double])
      let without = try Tensor([7] as [Float])
      try one.setGrad(Tensor([3, 0] as [Float]))
      try other.setGrad(Tensor([4] as [Double]))
      #expect(try clipGradNorm([one, without, other], maxNorm: 10).item() == 5)
      #expect(try one.grad()?.floats() == [3, 0])
      #expect(try clipGradNorm([one, without, other], maxNorm: 1).item() == 5)
      #expect(try distance(#require(try one.grad()), [0.6, 0]) < 1e-6)
      #expect(try distance(#require(try other.grad()), [0.8]) < 1e-6)
    }
  }
}
