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

    @Test func clippingByValue() throws {
      let one = try Tensor([0, 0, 0] as [Float])
      let other = try Tensor([0] as [Double])
      let without = try Tensor([7] as [Float])
      try one.setGrad(Tensor([3, -0.25, .nan] as [Float]))
      try other.setGrad(Tensor([-4] as [Double]))
      try clipGradValue([one, without, other], limit: 0.5)
      let clipped = try #require(try one.grad()).floats()
      #expect(clipped[0] == 0.5)
      #expect(clipped[1] == -0.25)
      #expect(clipped[2].isNaN)
      #expect(try other.grad()?.floats() == [-0.5])
      #expect(try without.grad() == nil)
      try clipGradValue([], limit: 1)
    }

    /// Newton-Schulz iterations change each singular value s to a·s + b·s³ + c·s⁵, here those of a diagonal
    /// matrix, in bfloat16, which has 8 significant bits.
    @Test(arguments: [false, true])
    func muonOrthogonalizes(isTall: Bool) throws {
      let values: [Float] = [4, 2, 0.5]
      let shape = isTall ? [4, 3] : [3, 4]
      var gradient = [Float](repeating: 0, count: 12)
      for (index, value) in values.enumerated() { gradient[index * shape[1] + index] = value }
      let parameter = try Tensor([Float](repeating: 1, count: 12), shape: shape)
      try parameter.setGrad(Tensor(gradient, shape: shape))
      let buffer = try Tensor.zeros(like: parameter)
      var options = MuonOptions()
      options.lr = 0.5
      try muon([parameter], momentumBuffers: [buffer], options: options)
      let norm = values.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
      let rate = 0.5 * (isTall ? (4.0 / 3).squareRoot() : 1)
      let changed = try parameter.floats()
      for row in 0..<shape[0] {
        for column in 0..<shape[1] {
          var direction = 0.0
          if row == column {
            direction = Double(values[row]) / norm
            for _ in 0..<5 {
              let (s, square) = (direction, direction * direction)
              direction = 3.4445 * s - 4.775 * s * square + 2.0315 * s * square * square
            }
          }
          let expected = 1 - 0.5 * 0.1 - rate * direction
          #expect(abs(Double(changed[row * shape[1] + column]) - expected) < 0.02)
        }
      }
      for (kept, value) in zip(try buffer.floats(), gradient) {
        #expect(abs(kept - 0.05 * value) < 1e-6)
      }
    }

    @Test func muonUpdatesMatricesOnly() throws {
      try setGradients(0)
      let error = #expect(throws: TorchError.self) {
        try muon(parameters, momentumBuffers: states, options: MuonOptions())
      }
      #expect(error?.description == "muon: Muon updates matrices, not a tensor of shape [5]")
      #expect(throws: TorchError.self) {
        try muon(parameters, momentumBuffers: [], options: MuonOptions())
      }
      var options = MuonOptions()
      options.coefficients = [1, 2]
      #expect(throws: TorchError.self) {
        try muon([parameters[0]], momentumBuffers: [states[0]], options: options)
      }
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
